"""The demo: five weeks of real customers through the whole product, on the local cloud."""
