"""The outside world: each service optional, with a short time-out and a state shown on /etat."""
