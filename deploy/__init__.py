"""Deployment: the stacks, the package, the functions and the site, on AWS and on the local AWS alike."""
