"""What knows MkDocs, Material, static-i18n and mkdocs-jupyter."""
