"""Operations compiled: one plan per operation and values of ``@skip`` and ``@include``.

A plan knows the fields of every object before any value is there. What is asked
for often is generated as Python code; the rest is walked. graphql-core stays the
reference, and executes what has no plan.
"""
