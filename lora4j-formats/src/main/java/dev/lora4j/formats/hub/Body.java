package dev.lora4j.formats.hub;

import java.net.http.HttpResponse;

/** What becomes of the bytes of an answer; used by one request at a time. */
interface Body {
    /** Chooses by the status and the headers. */
    HttpResponse.BodySubscriber<Void> subscriber(HttpResponse.ResponseInfo info);

    /** How many bytes have come so far, from any thread. */
    long received();
}
