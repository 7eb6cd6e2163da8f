#!/bin/sh
# Holds the Kubernetes manifest of docs/many-machines.md against the schema of Kubernetes' own API, as the npm package
# kubernetes-models carries it. Status 77, with the reason, where that cannot be had.
set -eu

build=$1
page="$(cd "$(dirname "$0")/../.." && pwd)/docs/many-machines.md"
modules="$build/kubernetes"

skip() {
  echo "skipped: $*"
  exit 77
}
command -v node >/dev/null || skip "Node.js is not installed"
command -v npm >/dev/null || skip "npm is not installed"
mkdir -p "$modules"
[ -d "$modules/node_modules/kubernetes-models" ] ||
  npm install --silent --no-audit --no-fund --prefix "$modules" kubernetes-models yaml >/dev/null 2>&1 ||
  skip "npm could not fetch kubernetes-models"

NODE_PATH="$modules/node_modules" node - "$page" <<'SCRIPT'
const assert = require('assert');
const { readFileSync } = require('fs');
const { parse } = require('yaml');
const { Job } = require('kubernetes-models/batch/v1');

const [, text] = readFileSync(process.argv[2], 'utf8').match(/```yaml\n(apiVersion: batch[^]*?)```/);
new Job(parse(text)).validate();
// A check that cannot fail would prove nothing.
const broken = parse(text);
delete broken.spec.template.spec.containers[0].name;
assert.throws(() => new Job(broken).validate());
console.log('the manifest is a batch/v1 Job');
SCRIPT
