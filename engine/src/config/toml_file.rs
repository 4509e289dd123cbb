//! toml_file
