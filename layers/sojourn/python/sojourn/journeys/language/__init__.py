"""The language of journeys as plain data: what lets people in and out, the steps between, each thing's JSON form."""
