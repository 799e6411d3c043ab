"""What people completed, their certificates, and the alumni they become."""
