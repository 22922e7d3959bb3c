// The one translation unit that holds the compiled parts of Boost's header-only libraries; every other one
// only sees declarations, which keeps builds short.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
#include <boost/url/src.hpp>
