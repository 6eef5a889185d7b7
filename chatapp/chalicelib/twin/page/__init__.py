"""The published page: a version of a twin as static HTML, in each of its languages, and the site's keys of it."""
