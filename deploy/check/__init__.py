"""`./deploy.sh check STAGE`: looks whether a stage is, or could be, as it should. It reads, and changes nothing."""
