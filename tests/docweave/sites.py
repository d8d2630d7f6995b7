"""Build the tiny project as a site in two languages."""

MKDOCS = """\
site_name: Tiny
site_url: https://example.org/
use_directory_urls: true
exclude_docs: "*.po"
theme:
  name: null
  custom_dir: theme
plugins:
  - i18n:
      docs_structure: folder
      fallback_to_default: false
      build_only_locale: !ENV [TINY_LOCALE, null]
      reconfigure_material: false
      languages:
        - {locale: en, name: English, default: true}
        - {locale: ru, name: Русский}
  - docweave
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.details
  - pymdownx.superfences
  - toc: {permalink: "#"}
nav: [index.md, greetings.md]
"""
