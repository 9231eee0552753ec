"""Second stage: the tree of a file to a `Journey`.

Every error of shape is noted with its line; a stand-in takes the place of what could not be read, so that the rest is
read and checked too.
"""
