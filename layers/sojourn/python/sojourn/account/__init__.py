"""The AWS account that a stack lives in: what stands there, and whether mail may go out."""
