"""Messages: templates, their rendering, and the intent that each message begins as."""
