"""Third stage: what a well-formed journey may still have wrong. All rules speak at once; doubts do no harm."""
