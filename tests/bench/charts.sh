#!/bin/sh
# Draws the charts of docs/performance.md from its own tables, so that picture and figures cannot differ:
#   tests/bench/charts.sh write|check
# A table is drawn where comments stand above it, once for each of them; the picture becomes docs/charts/NAME.svg:
#   <!-- chart NAME COLUMN TITLE -->           a bar for each row that has a figure in that column
#   <!-- chart NAME COLUMN=VALUE TITLE -->     the same, with a line at VALUE
#   <!-- chart NAME last:FROM-TO TITLE -->     a bar for each of these columns of the last row, named by its heading
# Bars of our tools are green; where no bar is named by one, all are ours.
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
  # A cell without a figure makes no bar.
  function add(name, text,    number) {
    number = text; gsub(/,/, "", number)
    if (!match(number, /[0-9]+(\.[0-9]+)?/)) return
    bars++; label[bars] = name; shown[bars] = text
    value[bars] = substr(number, RSTART, RLENGTH) + 0
    if (value[bars] > greatest) greatest = value[bars]
    if (name ~ /session-/) named = 1
  }
  function collect(what,    range, i) {
    bars = 0; greatest = 0; named = 0; line = ""
    if (what ~ /^last:/) {
      split(substr(what, 6), range, "-")
      for (i = range[1]; i <= range[2]; i++) add(heading[i], cells[rows, i])
      return
    }
    if (split(what, range, "=") == 2) { line = range[2]; greatest = line + 0 }
    for (i = 1; i <= rows; i++) add(cells[i, 1], cells[i, range[1]])
  }
  function draw(name, title,    file, i, y, width, height) {
    file = out "/" name ".svg"
    height = 44 + bars * 28
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 %d\" role=\"img\" aria-label=\"%s\">\n", height, xml(title) > file
    print "<style>text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}rect{fill:#8c959f}.us{fill:#1a7f37}path{stroke:#24292f;stroke-dasharray:4 3}" > file
    print "@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#6e7681}.us{fill:#3fb950}path{stroke:#e6edf3}}</style>" > file
    printf "<text class=\"t\" x=\"0\" y=\"18\">%s</text>\n", xml(title) > file
    for (i = 1; i <= bars; i++) {
      y = 34 + (i - 1) * 28
      width = greatest > 0 ? 300 * value[i] / greatest : 0
      if (width < 1) width = 1
      printf "<text x=\"352\" y=\"%d\" text-anchor=\"end\">%s</text>\n", y + 15, xml(label[i]) > file
      printf "<rect %sx=\"360\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"2\"/>\n", !named || label[i] ~ /session-/ ? "class=\"us\" " : "", y, width > file
      # Behind the line where it would cross the text.
      if (line != "" && 300 * line / greatest > width && 300 * line / greatest < width + 90) width = 300 * line / greatest
      printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", 366 + width, y + 15, xml(shown[i]) > file
    }
    if (line != "") printf "<path d=\"M%.1f 28V%d\"/>\n", 360 + 300 * line / greatest, height - 8 > file
    print "</svg>" > file
    close(file)
  }
  function finish(    i) {
    for (i = 1; i <= charts; i++) { collect(what[i]); draw(name[i], title[i]) }
    charts = 0
  }
  /^<!-- chart / {
    if (seen > 0) finish()
    charts++; name[charts] = $3; what[charts] = $4; title[charts] = $0
    sub(/^<!-- chart [^ ]+ [^ ]+ /, "", title[charts]); sub(/ -->$/, "", title[charts])
    rows = 0; seen = 0
    next
  }
  charts > 0 && /^\|/ {
    columns = split($0, cell, "|") - 2
    if (++seen == 2) next
    if (seen > 2) rows++
    for (i = 1; i <= columns; i++) {
      if (seen == 1) heading[i] = trimmed(cell[i + 1]); else cells[rows, i] = trimmed(cell[i + 1])
    }
    next
  }
  charts > 0 && seen > 0 { finish() }
  END { if (charts > 0) finish() }
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
