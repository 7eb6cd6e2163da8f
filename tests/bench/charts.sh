#!/bin/sh
# Draws the charts of docs/performance.md from its own tables, so that picture and figures cannot differ:
#   tests/bench/charts.sh write|check
# A table is drawn where a comment stands above it: <!-- chart NAME COLUMN TITLE -->; the picture of column COLUMN
# becomes docs/charts/NAME.svg.
set -eu

mode=${1:?write or check}
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v out="$work" '
  function xml(text) {
    gsub(/`/, "", text); gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
    return text
  }
  function trimmed(text) { sub(/^ +/, "", text); sub(/ +$/, "", text); return text }
  function draw(    file, i, y, width, height) {
    file = out "/" name ".svg"
    height = 44 + rows * 28
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 %d\" role=\"img\" aria-label=\"%s\">\n", height, xml(title) > file
    print "<style>text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}rect{fill:#8c959f}.us{fill:#1a7f37}" > file
    print "@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#6e7681}.us{fill:#3fb950}}</style>" > file
    printf "<text class=\"t\" x=\"0\" y=\"18\">%s</text>\n", xml(title) > file
    for (i = 1; i <= rows; i++) {
      y = 34 + (i - 1) * 28
      width = greatest > 0 ? 300 * value[i] / greatest : 0
      if (width < 1) width = 1
      printf "<text x=\"352\" y=\"%d\" text-anchor=\"end\">%s</text>\n", y + 15, xml(label[i]) > file
      printf "<rect %sx=\"360\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"2\"/>\n", label[i] ~ /session-/ ? "class=\"us\" " : "", y, width > file
      printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", 366 + width, y + 15, xml(shown[i]) > file
    }
    print "</svg>" > file
    close(file)
    name = ""
  }
  /^<!-- chart / {
    name = $3; column = $4; title = $0
    sub(/^<!-- chart [^ ]+ [^ ]+ /, "", title); sub(/ -->$/, "", title)
    rows = 0; greatest = 0; seen = 0
    next
  }
  name != "" && /^\|/ {
    if (++seen <= 2) next
    split($0, cell, "|")
    text = trimmed(cell[column + 1])
    number = text; gsub(/,/, "", number)
    if (!match(number, /[0-9]+(\.[0-9]+)?/)) next
    number = substr(number, RSTART, RLENGTH) + 0
    rows++; label[rows] = trimmed(cell[2]); value[rows] = number; shown[rows] = text
    if (number > greatest) greatest = number
    next
  }
  name != "" && seen > 0 { draw() }
  END { if (name != "") draw() }
' "$docs/performance.md"

[ -n "$(ls "$work")" ] || {
  echo "docs/performance.md asks for no chart" >&2
  exit 1
}
case $mode in
  write)
    rm -rf "$docs/charts"
    mkdir "$docs/charts"
    cp "$work"/*.svg "$docs/charts/"
    ;;
  check)
    diff -r "$work" "$docs/charts" || {
      echo "docs/charts is not what docs/performance.md says: tests/bench/charts.sh write" >&2
      exit 1
    }
    ;;
  *) exit 2 ;;
esac
