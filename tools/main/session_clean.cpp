#include "cli/run.h"
#include "commands/clean/tool.h"

int main(int argc, char** argv) { return session::cli::run(session::commands::clean_tool(), argc, argv); }
