"""What recipients do with a message: signed links, opens, clicks, the way out."""
