"""The digital twin: an owner's draft and its sources, what is published of it, and the visits that it answers."""
