package io.headgraft.jobs;

import com.amazonaws.Request;
import com.amazonaws.SdkClientException;
import com.amazonaws.handlers.RequestHandler2;
import com.amazonaws.http.HttpResponse;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.model.GetObjectMetadataRequest;
import com.amazonaws.services.s3.model.GetObjectRequest;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.s3a.DefaultS3ClientFactory;

/**
 * S3A's clients, but they believe no answer that tells of an object and not of its length. Where a
 * connection is cut among the headers of an answer, Apache's HTTP client takes those that have
 * arrived for all of them, and S3A an object of unknown length for an empty one: a commit of a
 * table would be read as if it held nothing. Such a request is sent again.
 */
public final class WholeAnswers extends DefaultS3ClientFactory {

  @Override
  public AmazonS3 createS3Client(URI uri, S3ClientCreationParameters parameters)
      throws IOException {
    List<RequestHandler2> handlers = new ArrayList<>();
    if (parameters.getRequestHandlers() != null) {
      handlers.addAll(parameters.getRequestHandlers());
    }
    handlers.add(new LengthCheck());
    return super.createS3Client(uri, parameters.withRequestHandlers(handlers));
  }

  private static final class LengthCheck extends RequestHandler2 {

    @Override
    public HttpResponse beforeUnmarshalling(Request<?> request, HttpResponse response) {
      boolean ofObject =
          request.getOriginalRequest() instanceof GetObjectMetadataRequest
              || request.getOriginalRequest() instanceof GetObjectRequest;
      if (ofObject
          && response.getStatusCode() / 100 == 2
          && response.getHeaderValues("Content-Length") == null) {
        // S3A sends a request again that failed for a reason like this.
        throw new SdkClientException("The answer was cut: it has no Content-Length");
      }
      return response;
    }
  }
}
