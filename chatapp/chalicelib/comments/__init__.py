"""Comments under the sections of a page: written, read, moderated and counted. Owns no rights: `api` says who may."""
