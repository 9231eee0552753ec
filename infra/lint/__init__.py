"""What `make check` asks of the templates: cfn-lint on what CloudFormation will see, and the house's own rules."""
