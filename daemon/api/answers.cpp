#include "daemon/api/answers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <utility>

#include "daemon/report/json_parts.hpp"
#include "daemon/report/json_text.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;

/// A row takes some tens of microseconds; a piece should take a millisecond at most.
constexpr std::size_t kRowsAPiece = 16;

void mark(http::Response& response) {
  response.headers.emplace_back("Cache-Control", "no-store");
}

class RowsStream : public http::BodyStream {
 public:
  RowsStream(std::string head, std::string between, std::string tail, std::size_t count,
             std::function<void(std::size_t, std::string&)> append)
      : piece_(std::move(head)),
        between_(std::move(between)),
        tail_(std::move(tail)),
        count_(count),
        append_(std::move(append)) {}

  std::string_view next() override {
    if (begun_) piece_.clear();
    begun_ = true;
    for (std::size_t i = 0; i < kRowsAPiece && row_ < count_; ++i, ++row_) {
      if (row_ > 0) piece_.append(between_);
      append_(row_, piece_);
    }
    if (row_ == count_) piece_.append(std::exchange(tail_, {}));
    return piece_;
  }

 private:
  std::string piece_;
  std::string between_;
  std::string tail_;
  std::size_t count_;
  std::function<void(std::size_t, std::string&)> append_;
  std::size_t row_ = 0;
  bool begun_ = false;
};

}  // namespace

http::Response json_answer(const json::value& value) {
  http::Response response;
  response.content_type = kJson;
  response.body = report::to_text(value, report::JsonLayout::compact) + "\n";
  mark(response);
  return response;
}

http::Response fault_answer(const Fault& fault) {
  json::object body;
  body["error"] = fault.what;
  if (!fault.allowed.empty()) body["allowed"] = report::string_array(fault.allowed);
  http::Response response = json_answer(body);
  response.status = fault.status;
  return response;
}

http::Response rows_answer(std::string content_type, std::string head, std::string between, std::string tail,
                           std::size_t count, std::function<void(std::size_t, std::string&)> append) {
  http::Response response;
  response.content_type = std::move(content_type);
  response.stream = std::make_unique<RowsStream>(std::move(head), std::move(between), std::move(tail), count,
                                                 std::move(append));
  mark(response);
  return response;
}

}  // namespace rdpwatch::api
