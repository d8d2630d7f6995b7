"""Everything specific to MkDocs, Material, static-i18n and mkdocs-jupyter."""
