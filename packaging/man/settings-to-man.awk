# Writes rollcall.toml(5): the settings of config/rollcall.toml where its frame says @SETTINGS@.
#   awk -v version=0.1.0 -v out=rollcall.toml.5 -f settings-to-man.awk config/rollcall.toml rollcall.toml.5.in
# The sample has "[section]", explanations ("# ...") and under them the settings at their defaults ("#key = value").

# What roff would take for its own.
function plain(text) {
  gsub(/\\/, "\\e", text)
  gsub(/--/, "\\-\\-", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  sub(/^[.']/, "\\\\\\&&", text)
  while (match(text, /`[^`]*`/)) {
    text = substr(text, 1, RSTART - 1) "\\fB" substr(text, RSTART + 1, RLENGTH - 2) "\\fR" substr(text, RSTART + RLENGTH)
  }
  return text
}

# The explanation belongs to the settings right under it: first their names, then the text.
function end_paragraph() {
  if (names != "") settings = settings ".TP\n" names text
  names = text = ""
}

FNR == NR && /^\[.*\]$/ {
  end_paragraph()
  settings = settings ".SH [" substr($0, 2, length($0) - 2) "]\n"
  within = 1
  next
}
FNR == NR && /^$/ { end_paragraph(); next }
FNR == NR && !within { next }
FNR == NR && /^# / { text = text plain(substr($0, 3)) "\n"; next }
FNR == NR && /^#/ {
  equals = index($0, " = ")
  name = "\\fB" substr($0, 2, equals - 2) "\\fR = " plain(substr($0, equals + 3)) "\n"
  names = names (names == "" ? "" : ".TQ\n") name
  next
}
FNR == NR { print FILENAME ":" FNR ": neither explanation nor setting: " $0 > "/dev/stderr"; failed = 1; exit 1 }

/^@SETTINGS@$/ { end_paragraph(); printf "%s", settings > out; next }
{ gsub(/@PROJECT_VERSION@/, version); print > out }
END { if (failed) exit 1 }
