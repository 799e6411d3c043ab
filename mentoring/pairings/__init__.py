"""Pairings: proposed, accepted, met, paused, completed or ended."""
