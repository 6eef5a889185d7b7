"""What stands before the site and its APIs: a firewall, names of one's own, the certificates of those."""
