"""What the stories of real clients need: a network with bad days, a browser, Node."""
