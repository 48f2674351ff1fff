package dev.lora4j.server;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;

/**
 * Whether the client of a request that was read to its end is still there.
 *
 * <p>HTTP/1.1 tells it in one way only: the socket can be read and is at its end. A client that sends more meanwhile
 * would be pipelining after a POST, which RFC 9112 (9.3.2) asks it not to do; it counts as gone, since a byte of its
 * next request was read here. Used by the thread that answers.
 */
final class ClientConnection {
    private final EndPoint endPoint;
    private boolean gone;

    private ClientConnection(EndPoint endPoint) {
        this.endPoint = endPoint;
    }

    static ClientConnection of(HttpServletRequest request) {
        return new ClientConnection(ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint());
    }

    boolean isGone() {
        if (!gone) {
            gone = !endPoint.isOpen() || isAtEnd();
            if (gone) {
                endPoint.close();
            }
        }
        return gone;
    }

    private boolean isAtEnd() {
        if (!(endPoint instanceof SocketChannelEndPoint socket)) {
            return false; // it will show when we write
        }
        SocketChannel channel = socket.getChannel();
        try {
            return channel.read(ByteBuffer.allocate(1)) != 0; // it never waits: Jetty's channels are non-blocking
        } catch (IOException e) {
            return true; // reset
        }
    }
}
