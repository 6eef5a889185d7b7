"""The push channel: one-time tickets, a subject's connections, frames on the wire.
Owns no frame's meaning or number: those of answers are made in `turns`.
"""
