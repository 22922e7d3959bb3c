#include "daemon/cli/cli.hpp"
#include "daemon/cli/serve.hpp"

int main(int argc, char** argv) {
  return rdpwatch::cli::run(argc, argv, rdpwatch::cli::standard_streams(), rdpwatch::cli::serve);
}
