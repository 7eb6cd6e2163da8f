#include "cli/run.h"
#include "commands/verify/tool.h"

int main(int argc, char** argv) { return session::cli::run(session::commands::verify_tool(), argc, argv); }
