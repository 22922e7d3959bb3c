#pragma once
// Recipes for targets that a test makes by hand.

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::test {

inline inventory::RecipePtr recipe_of(std::string module, handshake::Depth depth = handshake::Depth::tls,
                                      handshake::Duration timeout = std::chrono::seconds(10)) {
  handshake::ProbeRecipe recipe;
  recipe.module = std::move(module);
  recipe.depth = depth;
  recipe.timeout = timeout;
  return std::make_shared<const handshake::ProbeRecipe>(std::move(recipe));
}

}  // namespace rdpwatch::test
