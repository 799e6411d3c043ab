"""What is written about coaching: outcomes, actions, private notes, goals, evaluations, and a coach's own log."""
