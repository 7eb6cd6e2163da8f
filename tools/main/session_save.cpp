#include "cli/run.h"
#include "commands/save/tool.h"

int main(int argc, char** argv) { return session::cli::run(session::commands::save_tool(), argc, argv); }
