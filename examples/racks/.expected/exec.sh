#!/bin/sh
set -e
kpt fn render --allow-exec .
# Newer kpt notes in the Kptfile that it ran, older kpt does not know the field: that is not compared.
git checkout --quiet -- Kptfile
