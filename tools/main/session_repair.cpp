#include "cli/run.h"
#include "commands/repair/tool.h"

int main(int argc, char** argv) { return session::cli::run(session::commands::repair_tool(), argc, argv); }
