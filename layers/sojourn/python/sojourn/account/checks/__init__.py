"""What a doctor looks at: each check is a function of the account's facts that answers one finding."""
