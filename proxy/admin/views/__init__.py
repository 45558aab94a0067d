"""From nouns to what a page shows. Pure: no clock, no database, no request."""
