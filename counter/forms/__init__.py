"""Forms: declarations whose fields render themselves through templates/components/."""
