"""Papers: one frame (sheet), and one module a document. Same facts, same bytes."""
