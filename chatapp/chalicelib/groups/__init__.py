"""Who may do what, and what an owner does with the people of a stage."""
