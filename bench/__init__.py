"""What chatapp costs and how fast it is, measured. `README.md` says what and how."""
