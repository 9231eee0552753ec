"""Who was refused at the door of a journey, and why."""
