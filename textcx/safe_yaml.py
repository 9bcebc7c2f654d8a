"""Safe YAML: the loader for files that people write."""

import yaml

SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one written in C is ten times as fast, which each start feels; not every build of PyYAML has it."""
