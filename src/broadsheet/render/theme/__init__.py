"""Templates, static files and options: a site's own before the shipped ones."""
