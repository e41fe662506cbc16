"""The Italian format of CMS: ``task.yaml``, ``gen/``, ``sol/``, ``check/``; with old and new names.

Source: CMS's ``cmscontrib/loaders/italy_yaml.py``, and task-maker-rust, whose ``gen/cases.gen`` and ``@check-…`` marks
public tasks use.
"""
