"""The local cloud: MiniStack, a post office and the same template that goes to AWS."""
