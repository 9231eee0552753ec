"""The post office: every mail and SMS that the local cloud sends ends here, and every recipient lives here."""
