"""What is held on people: its classes, the register of every column, and the copy that a person may ask for."""
