"""Amazon States Language: typed builders, and a walker that plays them on a virtual clock."""
