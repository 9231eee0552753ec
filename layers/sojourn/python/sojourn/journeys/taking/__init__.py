"""Steps that a Task takes beside sending and waiting: branches that must be found, changes to the contact, words to
other journeys, rounds, the way out. A module for each; `take.py` is where they are told apart."""
